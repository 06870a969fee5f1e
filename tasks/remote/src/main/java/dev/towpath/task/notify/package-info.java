/** Tells people what happened: webhooks, Slack, e-mail. */
@NullMarked
package dev.towpath.task.notify;

import org.jspecify.annotations.NullMarked;
