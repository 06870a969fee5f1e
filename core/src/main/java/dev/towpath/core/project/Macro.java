package dev.towpath.core.project;

/**
 * A file of {@code CREATE MACRO} statements.
 *
 * @param file path relative to the root
 * @param text the whole file
 */
public record Macro(String file, String text) {}
