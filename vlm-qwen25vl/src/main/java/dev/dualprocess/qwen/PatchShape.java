package dev.dualprocess.qwen;

import dev.dualprocess.config.Counts;

/**
 * What a vision tower takes a picture apart into.
 *
 * @param patchSize side of a patch in pixels
 * @param temporalPatchSize frames in a patch; a still image is repeated to fill it
 * @param spatialMergeSize side, in patches, of the square that becomes one image token
 */
public record PatchShape(int patchSize, int temporalPatchSize, int spatialMergeSize) {
  /** Colour channels of a picture. */
  public static final int CHANNELS = 3;

  /** Checks the counts as config.json's. */
  public PatchShape {
    Counts.requireSize("vision patch_size", patchSize);
    Counts.requireSize("vision temporal_patch_size", temporalPatchSize);
    Counts.requireSize("vision spatial_merge_size", spatialMergeSize);
    Counts.requireSize(
        "the pixels of a patch, temporal_patch_size times the square of patch_size,",
        (long) temporalPatchSize * patchSize * patchSize);
    Counts.requireSize(
        "the square of vision spatial_merge_size", (long) spatialMergeSize * spatialMergeSize);
  }

  /** Refuses pictures of other than {@value #CHANNELS} channels. */
  public static void requireChannels(int inChannels) {
    if (inChannels != CHANNELS) {
      throw new IllegalArgumentException(
          "vision in_channels %d: not %d".formatted(inChannels, CHANNELS));
    }
  }

  /** Pixels of an image token's side. */
  public int unit() {
    return patchSize * spatialMergeSize;
  }

  /** Patches in an image token. */
  public long merged() {
    return (long) spatialMergeSize * spatialMergeSize;
  }
}
