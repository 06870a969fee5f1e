package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a SELECT, found without parsing it: what stands in quotes, dollar quotes and
 * comments is passed over.
 *
 * @param parameters every {@code $name}, in order
 * @param end where the statement ends, trailing semicolons and comments left out
 * @param semicolon where a semicolon stands before the end, or -1
 */
record SqlScan(List<Parameter> parameters, int end, int semicolon) {
  SqlScan {
    parameters = List.copyOf(parameters);
  }

  /** One use of a parameter; the length counts the dollar sign. */
  record Parameter(String name, int offset, int length) {}

  static SqlScan of(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    List<Parameter> parameters = new ArrayList<>();
    int end = 0;
    int semicolon = -1;
    int first = -1;
    for (Token token : tokens.all()) {
      if (tokens.is(token, ";")) {
        first = first < 0 ? token.start() : first;
      } else {
        end = token.end();
        semicolon = first;
        if (token.kind() == SqlTokens.Kind.PARAMETER) {
          parameters.add(
              new Parameter(tokens.name(token), token.start(), token.end() - token.start()));
        }
      }
    }
    return new SqlScan(parameters, end, semicolon);
  }
}
