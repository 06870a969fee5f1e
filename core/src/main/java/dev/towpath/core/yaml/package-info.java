/** YAML with the place of every key and value, and files as text; all mistakes are collected. */
@NullMarked
package dev.towpath.core.yaml;

import org.jspecify.annotations.NullMarked;
