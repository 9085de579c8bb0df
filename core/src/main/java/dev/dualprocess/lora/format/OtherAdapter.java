package dev.dualprocess.lora.format;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Adapters that are more than s BA; each is known by its tensors. The most telling come first. */
enum OtherAdapter {
  CONTROL("a control LoRA of Black Forest Labs", "\\.(query|key)_norm\\.scale$"),
  DORA("a DoRA", "lora_magnitude_vector|\\.dora_scale$"),
  LOKR("a LoKr", "lokr_(w|t)\\d"),
  LOHA("a LoHa", "hada_(w|t)\\d"),
  GLORA("a GLoRA", "\\.[ab][12]\\.weight$"),
  BOFT("a BOFT", "boft_"),
  OFT("an OFT", "oft_"),
  IA3("an IA3", "ia3_l"),
  VERA("a VeRA", "vera_lambda"),
  EMBEDDING("a LoRA of an embedding", "lora_embedding_"),
  BIAS("a LoRA with biases (lora_bias)", "lora_bias|\\.lora_[AB](\\.\\w+)?\\.bias$"),
  TUCKER("a LoCon with a middle factor (lora_mid)", "\\.lora_mid\\."),
  RESHAPED("a LoRA that widens layers (reshape_weight)", "\\.reshape_weight$"),
  DIFFERENCE(
      "an adapter with whole differences of weights (diff)",
      "\\.(diff|diff_b|w_norm|b_norm|set_weight)$");

  private final String title;
  private final Pattern key;

  OtherAdapter(String title, String key) {
    this.title = title;
    this.key = Pattern.compile(key);
  }

  /** What people call it, such as {@code a DoRA}. */
  String title() {
    return title;
  }

  /** Whose tensor that is. */
  static Optional<OtherAdapter> of(String name) {
    return Arrays.stream(values()).filter(kind -> kind.has(name)).findFirst();
  }

  /** Whether a tensor of that key is its own. */
  boolean has(String name) {
    return key.matcher(name).find();
  }
}
