/** Objects in stores that speak S3's protocol. */
@NullMarked
package dev.towpath.task.objects;

import org.jspecify.annotations.NullMarked;
