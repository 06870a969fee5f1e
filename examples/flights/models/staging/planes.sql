/* towpath
kind: view
tags: [staging]
*/
SELECT
  planes.tailnum,
  coalesce(known.manufacturer, 'Other') AS manufacturer,
  planes.model,
  planes.year::INTEGER AS built,
  planes.seats::INTEGER AS seats,
  planes.engines::INTEGER AS engines,
  planes.engine
FROM ref.planes
LEFT JOIN ref.manufacturers AS known ON known.registered_as = planes.manufacturer
