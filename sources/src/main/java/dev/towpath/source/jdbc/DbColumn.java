package dev.towpath.source.jdbc;

import dev.towpath.spi.CsvColumn.Form;
import dev.towpath.spi.DataType;
import java.util.Optional;

/**
 * A column as a database has it.
 *
 * @param nullable false only when it is known that no value is NULL
 * @param declared its type in the words of the database
 * @param type the type that it is read as unless a table declares another; empty when it has to
 * @param form how the values of {@code select} stand as text
 * @param select SQL for its values in that form
 * @param text SQL for its values as the database writes them
 * @param finite SQL for its values with NULL for dates that no calendar has; the same as {@code
 *     select} when there are none
 * @param order how its values follow each other, if a cursor may be of this type
 */
public record DbColumn(
    String name,
    boolean nullable,
    String declared,
    Optional<DataType> type,
    Form form,
    String select,
    String text,
    String finite,
    Order order) {

  /** How values follow each other. */
  public enum Order {
    /** Whole numbers. */
    WHOLE,
    /** Other numbers. */
    NUMBER,
    /** Days and points in time. */
    TIME,
    /** Texts, in the order of the database. */
    TEXT,
    /** In none that reading could follow. */
    NONE
  }
}
