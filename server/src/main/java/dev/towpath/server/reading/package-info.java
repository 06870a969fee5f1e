/** The lake as people ask it: releases that are open, and queries within their bounds. */
@NullMarked
package dev.towpath.server.reading;

import org.jspecify.annotations.NullMarked;
