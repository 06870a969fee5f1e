/** SQL of jobs in database servers. */
@NullMarked
package dev.towpath.source.sql;

import org.jspecify.annotations.NullMarked;
