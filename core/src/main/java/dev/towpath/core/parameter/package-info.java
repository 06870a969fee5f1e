/** Values that people and programs give for what a flow, an endpoint or a dashboard declares. */
@NullMarked
package dev.towpath.core.parameter;

import org.jspecify.annotations.NullMarked;
