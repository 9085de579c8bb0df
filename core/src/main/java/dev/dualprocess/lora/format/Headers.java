package dev.dualprocess.lora.format;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The free text of a header, from one file to the next. */
final class Headers {
  /** What the form of the file decides. */
  private static final Set<String> OF_THE_FORM =
      Set.of(
          LoraReader.METADATA,
          LoraReader.RANKS_OF_PARTS,
          "lora_alpha",
          "ss_network_alpha",
          "ss_network_dim",
          "sshs_model_hash",
          "sshs_legacy_hash");

  private Headers() {}

  /** Everything that stays true in another form. */
  static Map<String, String> kept(Map<String, String> header) {
    Map<String, String> kept = new TreeMap<>(header);
    kept.keySet().removeAll(OF_THE_FORM);
    kept.put("format", "pt");
    return kept;
  }
}
