/** Jobs and sensors that ask web servers. */
@NullMarked
package dev.towpath.task.http;

import org.jspecify.annotations.NullMarked;
