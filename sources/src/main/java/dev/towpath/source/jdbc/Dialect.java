package dev.towpath.source.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one kind of database does in its own way. Stateless. */
public interface Dialect {
  /** The value of {@code type:}. */
  String type();

  /** Its name for people. */
  String name();

  /** What a URL may start with. */
  Set<String> schemes();

  /** A URL to show. */
  String example();

  /** Opens a connection whose texts for values are the same whatever the server's settings. */
  Connection connect(Access access) throws SQLException;

  /** Opens a snapshot. */
  Snapshot snapshot(Access access) throws SQLException;

  /** The table or view of a name; none, with what is there instead. */
  Found find(Connection connection, Origin origin) throws SQLException;

  /**
   * What there is under a name.
   *
   * @param others names that may have been meant, when there is none
   */
  record Found(Optional<Relation> relation, List<String> others) {
    public Found {
      others = List.copyOf(others);
    }
  }

  /** The columns of a relation, in order. */
  List<DbColumn> columns(Connection connection, Relation relation) throws SQLException;

  /** A name as SQL. */
  String quote(String name);

  /** A text as SQL. */
  String literal(String text);

  /** A text that was a cursor's value, as SQL of that column's type. */
  String value(DbColumn cursor, String text);

  /** A point in time that much earlier, as SQL. */
  String earlier(DbColumn cursor, String value, Duration span);

  /** The column's largest value as text, as SQL. */
  String largest(DbColumn cursor);

  /** Whether several connections can read one moment of it. */
  boolean shares(Relation relation);

  /** Conditions that divide what is stored by its place; empty when it cannot be divided so. */
  List<String> places(Connection connection, Relation relation, int number) throws SQLException;

  /** The whole-number column that tells a relation's rows apart, if the database knows one. */
  Optional<String> primaryKey(Connection connection, Relation relation) throws SQLException;

  /** What a snapshot's {@link Snapshot#token} would be now. */
  Optional<String> token(Connection connection) throws SQLException;

  /** What went wrong, and what to do. */
  Told told(SQLException failure, Work work);

  /** What was being done when something failed, with what helps then. */
  enum Work {
    READING(
        "let its owner run GRANT SELECT for this user",
        "run again; nothing of this reading was published",
        "correct the \"query\", or the \"table\""),
    EXPORTING(
        "let its owner GRANT SELECT, INSERT, UPDATE and DELETE on it to this user, the making of"
            + " temporary tables, and CREATE where it is not there yet",
        "nothing of this export is there; export again",
        "see whether its table there was changed meanwhile, and export again"),
    STATEMENT(
        "let its owner GRANT that to this user",
        "see what was done there before this is run again",
        "correct the statement");

    private final String right;
    private final String lost;
    private final String unknown;

    Work(String right, String lost, String unknown) {
      this.right = right;
      this.lost = lost;
      this.unknown = unknown;
    }

    /** When a right is missing. */
    public String right() {
      return right;
    }

    /** When the connection went in the middle. */
    public String lost() {
      return lost;
    }

    /** When the server does not know what it is asked for. */
    public String unknown() {
      return unknown;
    }

    /** When a value breaks the rules of where it goes; another hint for who only reads. */
    public String value(String otherwise) {
      return this == EXPORTING
          ? "the table there does not take this: cast it in the model, or alter the table there"
          : otherwise;
    }
  }

  /** A failure in plain words. */
  record Told(String message, String hint) {}
}
