/** What is looked at before a query of a person runs. */
@NullMarked
package dev.towpath.core.query;

import org.jspecify.annotations.NullMarked;
