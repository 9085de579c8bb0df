package dev.dualprocess.spi;

import dev.dualprocess.Generator;

/** Opens generators of one family. */
public interface GeneratorProvider extends ModelProvider<Generator> {}
