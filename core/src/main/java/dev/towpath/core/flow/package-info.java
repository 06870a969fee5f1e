/** Runs of flows as graphs of tasks: how they are made, and how they are worked off. */
@NullMarked
package dev.towpath.core.flow;

import org.jspecify.annotations.NullMarked;
