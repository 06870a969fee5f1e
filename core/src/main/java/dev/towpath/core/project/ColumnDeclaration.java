package dev.towpath.core.project;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.util.Optional;

/**
 * A column as a file declares it.
 *
 * @param type part of the contract when given
 */
public record ColumnDeclaration(
    String name, Optional<DataType> type, Optional<String> description, Location location) {}
