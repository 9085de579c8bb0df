package dev.dualprocess.spi;

import dev.dualprocess.Generator;

/**
 * Opens generators of one family; a plug-in names its own in {@code
 * META-INF/services/dev.dualprocess.spi.GeneratorProvider}.
 */
public interface GeneratorProvider extends ModelProvider<Generator> {}
