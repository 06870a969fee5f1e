package dev.towpath.core.project;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.util.Optional;

/**
 * A column as a file declares it.
 *
 * @param type part of the contract when given
 * @param renamedFrom the name it had before, whose values it takes over
 */
public record ColumnDeclaration(
    String name,
    Optional<DataType> type,
    Optional<String> description,
    Optional<String> renamedFrom,
    Location location) {}
