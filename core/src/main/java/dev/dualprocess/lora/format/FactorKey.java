package dev.dualprocess.lora.format;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's key, cut into the module's name and what the tensor is to it.
 *
 * @param module as the file has it, with its prefix
 * @param part what the tensor is
 */
record FactorKey(String module, Part part) {
  /** What a tensor is to a module. */
  enum Part {
    /** A, also called down. */
    A("(.+)\\.lora_A(?:\\.[^.]+)?\\.weight", "down"),
    /** B, also called up. */
    B("(.+)\\.lora_B(?:\\.[^.]+)?\\.weight", "up"),
    /** The numerator of the scale. */
    ALPHA("(.+?)(?:\\.lora_[AB])?\\.alpha", "");

    private final Pattern pattern;

    /** PEFT's word, or that of kohya, of diffusers before PEFT, and of XLabs. */
    Part(String peft, String direction) {
      String others =
          direction.isEmpty()
              ? ""
              : "|(.+)\\.lora(?:_|\\.|_linear_layer\\.)%1$s\\.weight|(.+_lora\\d?)\\.%1$s\\.weight"
                  .formatted(direction);
      pattern = Pattern.compile(peft + others);
    }

    private Optional<FactorKey> of(String key) {
      Matcher matcher = pattern.matcher(key);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      for (int i = 1; i <= matcher.groupCount(); i++) {
        String module = matcher.group(i);
        if (module != null) {
          return Optional.of(new FactorKey(module, this));
        }
      }
      return Optional.empty();
    }
  }

  /** The key's parts; empty if it is none of a plain LoRA. */
  static Optional<FactorKey> parse(String key) {
    return Arrays.stream(Part.values()).flatMap(part -> part.of(key).stream()).findFirst();
  }
}
