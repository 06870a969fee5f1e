/** Executes plans: stages tables, checks them, and publishes all of them as one release. */
@NullMarked
package dev.towpath.core.run;

import org.jspecify.annotations.NullMarked;
