package dev.towpath.spi;

import java.util.List;

/**
 * A DuckDB data type as a value. {@link #sql()} is its canonical SQL text; {@link #parse} reads
 * that and the usual spellings ({@code int}, {@code string}, {@code numeric(10,2)}, {@code int[]}).
 */
public sealed interface DataType {

  /** The canonical SQL text, as DuckDB's DESCRIBE prints it. */
  String sql();

  /** Whether its values are numbers. */
  default boolean isNumber() {
    return this instanceof Decimal
        || sql().equals("FLOAT")
        || sql().equals("DOUBLE")
        || WholeType.of(this).isPresent();
  }

  /**
   * Reads a type. Throws {@link TowpathException} that names the nearest type when it is unknown.
   */
  static DataType parse(String text) {
    return new TypeParser(text).parse();
  }

  /** A type without parameters: BOOLEAN, TINYINT … HUGEINT, FLOAT, VARCHAR, DATE, JSON, UUID, … */
  record Simple(String name) implements DataType {
    @Override
    public String sql() {
      return name;
    }
  }

  /** DECIMAL(precision, scale), 1 to 38 digits. */
  record Decimal(int precision, int scale) implements DataType {
    @Override
    public String sql() {
      return "DECIMAL(" + precision + "," + scale + ")";
    }
  }

  /** A list of any length. */
  record ListOf(DataType element) implements DataType {
    @Override
    public String sql() {
      return element.sql() + "[]";
    }
  }

  /** An array of one fixed length. */
  record ArrayOf(DataType element, int length) implements DataType {
    @Override
    public String sql() {
      return element.sql() + "[" + length + "]";
    }
  }

  /** Named members in order. */
  record Struct(List<Column> members) implements DataType {
    public Struct {
      members = List.copyOf(members);
    }

    @Override
    public String sql() {
      return members.stream()
          .map(m -> Names.quote(m.name()) + " " + m.type().sql())
          .collect(java.util.stream.Collectors.joining(", ", "STRUCT(", ")"));
    }
  }

  /** Keys to values. */
  record MapOf(DataType key, DataType value) implements DataType {
    @Override
    public String sql() {
      return "MAP(" + key.sql() + ", " + value.sql() + ")";
    }
  }

  /** One of a fixed list of texts. */
  record EnumOf(List<String> values) implements DataType {
    public EnumOf {
      values = List.copyOf(values);
    }

    @Override
    public String sql() {
      return values.stream()
          .map(Names::literal)
          .collect(java.util.stream.Collectors.joining(", ", "ENUM(", ")"));
    }
  }

  /** A union; the lake refuses it. */
  record Union(List<Column> members) implements DataType {
    public Union {
      members = List.copyOf(members);
    }

    @Override
    public String sql() {
      return members.stream()
          .map(m -> Names.quote(m.name()) + " " + m.type().sql())
          .collect(java.util.stream.Collectors.joining(", ", "UNION(", ")"));
    }
  }
}
