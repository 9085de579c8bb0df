package dev.dualprocess.vqa;

import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * A picture of 8 bits in the sizes that a vision tower takes.
 *
 * @param whole all of it at once
 * @param enlarged all of it again, to be cut into tiles of the size of {@code whole}; empty where
 *     it is not
 */
public record Views(BufferedImage whole, Optional<BufferedImage> enlarged) {}
