package dev.towpath.cli;

import dev.towpath.spi.TableName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How tools of other people reach a server: each in the tool's own form, never with a password.
 *
 * @param database the project's name
 * @param tls whether the server speaks TLS; then nothing is sent without
 * @param tables those that the newest release has
 */
record ConnectText(
    String host, int port, String database, String user, boolean tls, List<TableName> tables) {
  ConnectText {
    tables = List.copyOf(tables);
  }

  /** Tools that are known. */
  enum Tool {
    TABLEAU,
    POWERBI,
    METABASE,
    SUPERSET,
    EXCEL,
    JDBC,
    PYTHON
  }

  /** What one of them needs. */
  String of(Tool tool) {
    return switch (tool) {
      case TABLEAU -> tableau();
      case POWERBI -> powerBi();
      case METABASE -> metabase();
      case SUPERSET -> superset();
      case EXCEL -> excel();
      case JDBC -> jdbc();
      case PYTHON -> python();
    };
  }

  private String mode() {
    return tls ? "require" : "prefer";
  }

  /** A data source of one table, from which the others are a click away. */
  private String tableau() {
    StringBuilder text = new StringBuilder();
    text.append("<?xml version='1.0' encoding='utf-8' ?>\n")
        .append("<datasource formatted-name=")
        .append(attribute(database))
        .append(" inline='true' version='18.1'>\n")
        .append("  <connection class='federated'>\n    <named-connections>\n")
        .append("      <named-connection caption=")
        .append(attribute(host))
        .append(" name='postgres.towpath'>\n        <connection")
        .append(" authentication='username-password' class='postgres' dbname=")
        .append(attribute(database))
        .append(" one-time-sql='' port='")
        .append(port)
        .append("' server=")
        .append(attribute(host))
        .append(tls ? " sslmode='require'" : "")
        .append(" username=")
        .append(attribute(user))
        .append(" />\n      </named-connection>\n    </named-connections>\n");
    tables.stream()
        .findFirst()
        .ifPresent(table ->
            text.append("    <relation connection='postgres.towpath' name=")
                .append(attribute(table.table()))
                .append(" table=")
                .append(attribute("[" + table.schema() + "].[" + table.table() + "]"))
                .append(" type='table' />\n"));
    return text.append("  </connection>\n</datasource>").toString();
  }

  private static String attribute(String value) {
    return '\''
        + value
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("'", "&apos;")
        + '\'';
  }

  private String powerBi() {
    return Json.write(
        Json.object(
            "version",
            "0.1",
            "connections",
            List.of(
                Json.object(
                    "details",
                    Json.object(
                        "protocol",
                        "postgresql",
                        "address",
                        Json.object("server", host + ":" + port, "database", database)),
                    "options",
                    Json.object(),
                    "mode",
                    "DirectQuery"))));
  }

  /** What Metabase's form and its API for databases take. */
  private String metabase() {
    return Json.write(
        Json.object(
            "engine",
            "postgres",
            "name",
            database,
            "details",
            Json.object("host", host, "port", port, "dbname", database, "user", user, "ssl", tls)));
  }

  private String superset() {
    return "postgresql+psycopg2://"
        + encoded(user)
        + "@"
        + address()
        + "/"
        + encoded(database)
        + "?sslmode="
        + mode();
  }

  /** For Data, Get Data, From ODBC, with psqlODBC. */
  private String excel() {
    return "Driver={PostgreSQL Unicode(x64)};Server="
        + host
        + ";Port="
        + port
        + ";Database={"
        + database.replace("}", "}}")
        + "};Uid={"
        + user.replace("}", "}}")
        + "};SSLmode="
        + mode()
        + ";UseDeclareFetch=1;Fetch=10000;";
  }

  private String jdbc() {
    return "jdbc:postgresql://"
        + address()
        + "/"
        + encoded(database)
        + "?user="
        + encoded(user)
        + "&sslmode="
        + mode()
        + "&defaultRowFetchSize=10000";
  }

  private String python() {
    String table =
        tables.stream().findFirst().map(TableName::quoted).orElse("information_schema.tables");
    return """
    import getpass

    import pandas as pd
    import sqlalchemy as sa

    url = sa.URL.create(
        "postgresql+psycopg",
        username=%s,
        password=getpass.getpass(),
        host=%s,
        port=%d,
        database=%s,
        query={"sslmode": "%s"},
    )
    print(pd.read_sql(%s, sa.create_engine(url)))\
    """
        .formatted(
            literal(user),
            literal(host),
            port,
            literal(database),
            mode(),
            literal("SELECT * FROM " + table + " LIMIT 10"));
  }

  /** A text in Python, which knows JSON's escapes. */
  private static String literal(String text) {
    return Json.write(text);
  }

  private String address() {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
