package dev.towpath.cli;

import dev.towpath.core.flow.EmptyRunner;
import dev.towpath.source.http.Proxies;
import dev.towpath.source.sql.Databases;
import dev.towpath.spi.DashboardRenderer;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.MailServer;
import dev.towpath.spi.Notifier;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.SqlPlace;
import dev.towpath.task.dashboard.DashboardRunner;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.HttpRunner;
import dev.towpath.task.notify.EmailNotifier;
import dev.towpath.task.notify.Mailer;
import dev.towpath.task.notify.SlackNotifier;
import dev.towpath.task.notify.WebhookNotifier;
import dev.towpath.task.python.Interpreters;
import dev.towpath.task.python.NotebookRunner;
import dev.towpath.task.python.ScriptRunner;
import dev.towpath.task.sensor.SensorRunner;
import dev.towpath.task.sensor.TableNews;
import dev.towpath.task.shell.ShellRunner;
import dev.towpath.task.sql.Places;
import dev.towpath.task.sql.SqlRunner;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The types of jobs and the ways to tell people that Towpath brings along. */
final class Bundled {
  /** Connections to web servers; one for all, since each has threads of its own. */
  private static final Exchange EXCHANGE = new Exchange(Proxies.of(System.getenv()));

  private Bundled() {}

  /**
   * The types of jobs.
   *
   * @param mask takes secrets out of what a notebook keeps
   * @param lake opens the lake for jobs in SQL
   * @param connections how sensors reach stores of objects
   * @param news tells sensors of tables
   * @param dashboards makes files of dashboards
   */
  static List<JobRunner> jobRunners(
      Supplier<Interpreters> interpreters,
      UnaryOperator<String> mask,
      Function<JobRunner.Job, SqlPlace> lake,
      S3Connection.Finder connections,
      TableNews news,
      DashboardRenderer dashboards,
      Supplier<Optional<MailServer>> mail) {
    Places places = new Places(lake, new Databases());
    return List.of(
        new EmptyRunner(),
        new NotebookRunner(interpreters, mask),
        new ScriptRunner(interpreters),
        new ShellRunner(),
        new HttpRunner(EXCHANGE),
        new DashboardRunner(
            dashboards, new Mailer(mail, Clock.systemUTC()), EXCHANGE, Clock.systemUTC()),
        new SqlRunner(places),
        new SensorRunner(EXCHANGE, places, connections, news, Clock.systemUTC()));
  }

  /** The ways to tell people. */
  static List<Notifier> notifiers(Supplier<Optional<MailServer>> mail) {
    return List.of(
        new WebhookNotifier(EXCHANGE),
        new SlackNotifier(EXCHANGE),
        new EmailNotifier(mail, Clock.systemUTC()));
  }
}
