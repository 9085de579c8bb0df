package dev.dualprocess.world.training;

import dev.dualprocess.augment.Augmentation;

/** How the tiny models are taught a control, in their own training and in the demo alike. */
public final class TinyTeaching {
  /** The layers through which a prompt acts on a picture. */
  public static final String TEXT_STREAM =
      ".*\\.(attn\\.(add_[qkv]_proj|to_add_out)|ff_context\\..*)";

  /** {@link #TEXT_STREAM}, and how the text as a whole acts on every layer. */
  public static final String WHOLE_TEXT =
      TEXT_STREAM + "|.*\\.(text_embedder\\.linear_[12]|norm1_context\\.linear)";

  /** The generator's own choice: text and image. */
  public static final String EVERY_STREAM = "";

  /** Pictures are moved by up to half a patch of the verifier. */
  public static final Augmentation MOVED = new Augmentation(0.0625, 0, 0, 0);

  private TinyTeaching() {}
}
