/** Jinja as dbt uses it: templates are parsed, and rendered without a warehouse. */
@NullMarked
package dev.towpath.importer.jinja;

import org.jspecify.annotations.NullMarked;
