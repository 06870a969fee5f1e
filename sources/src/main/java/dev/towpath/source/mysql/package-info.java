/** Tables from MariaDB, and from MySQL as far as MariaDB's driver speaks with it. */
@NullMarked
package dev.towpath.source.mysql;

import org.jspecify.annotations.NullMarked;
