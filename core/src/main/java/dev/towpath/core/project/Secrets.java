package dev.towpath.core.project;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.MailServer;
import dev.towpath.spi.S3Connection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the values of all {@code ${NAME}}s known that a project names. Those of jobs, flows and
 * exports are resolved when they are needed, and until then somebody else may come by the same
 * value: a model, or another job, that has it from the process's environment.
 */
final class Secrets {
  private final Variables variables;

  Secrets(Variables variables) {
    this.variables = variables;
  }

  void jobs(List<Job> jobs, Collection<? extends JobRunner> runners) {
    for (Job job : jobs) {
      Set<String> verbatim =
          runners.stream()
              .filter(r -> r.type().equals(job.type()))
              .findFirst()
              .map(JobRunner::verbatim)
              .orElse(Set.of());
      Map<String, Object> keys = job.declaration().options();
      if (keys.containsKey("object") && !keys.containsKey("connection")) {
        variables.foresee("${AWS_SECRET_ACCESS_KEY} ${AWS_SESSION_TOKEN}"); // it asks with these
      }
      job.declaration()
          .options()
          .forEach((key, value) -> {
            if (!verbatim.contains(key)) {
              value(value);
            }
          });
      value(job.control().params());
    }
  }

  void flows(List<Flow> flows) {
    for (Flow flow : flows) {
      if (flow.trigger() instanceof Flow.Webhook webhook) {
        variables.foresee(webhook.secret());
      }
      flow.notices().forEach(this::notice);
    }
  }

  void telling(Telling telling) {
    telling.mail().ifPresent(this::mail);
    telling.notices().forEach(this::notice);
  }

  void connections(Collection<S3Connection> connections) {
    for (S3Connection connection : connections) {
      connection.endpoint().ifPresent(variables::foresee);
      variables.foresee(connection.region());
      connection
          .keys()
          .ifPresent(keys -> {
            variables.foresee(keys.access());
            variables.foresee(keys.secret());
            keys.token().ifPresent(variables::foresee);
          });
    }
  }

  void models(List<Model> models) {
    models.stream()
        .flatMap(m -> m.exports().stream())
        .forEach(export -> variables.foresee(export.to()));
  }

  private void notice(Flow.Notice notice) {
    variables.foresee(notice.target());
    notice.secret().ifPresent(variables::foresee);
  }

  private void mail(MailServer mail) {
    mail.user().ifPresent(variables::foresee);
    mail.password().ifPresent(variables::foresee);
  }

  private void value(Object value) {
    switch (value) {
      case String text -> variables.foresee(text);
      case List<?> list -> list.forEach(this::value);
      case Map<?, ?> map -> map.values().forEach(this::value);
      case Optional<?> maybe -> maybe.ifPresent(this::value);
      default -> {
        // a number has none
      }
    }
  }
}
