package dev.towpath.core.project;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;

/**
 * A typed project variable, bound where SQL says {@code $name}.
 *
 * @param type from the YAML value: BIGINT, DOUBLE, BOOLEAN, DATE, TIMESTAMP or VARCHAR
 * @param text the value in the form that a CAST to the type accepts
 */
public record Variable(String name, DataType type, String text, Location location) {}
