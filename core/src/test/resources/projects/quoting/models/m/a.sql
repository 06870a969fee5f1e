/* towpath
description: 'it''s "fine"'
checks:
  - '"a b" > 0'
  - "\"c\" > 0"
  - "a = 'x\ty'"
  - 'not_null("a ""b""")'
  - accepted(a, ['it''s', ""])
  - |

    line one > 0
    AND line_two
  -   spaced   >   0
  - "  padded > 0"
key: day
time: x
*/
SELECT 1