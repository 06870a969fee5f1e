/** Turns a dbt project into a Towpath project, and lists what it could not turn. */
@NullMarked
package dev.towpath.importer.dbt;

import org.jspecify.annotations.NullMarked;
