package dev.dualprocess.lora.format;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** In whose words a file names a module. */
enum Naming {
  /** {@code transformer.<module>}, or the bare module. */
  DIFFUSERS,
  /** {@code base_model.model.<module>}. */
  PEFT,
  /** {@code lora_unet_<module of the original code, with underscores>}. */
  KOHYA,
  /** {@code diffusion_model.<module of the original code>}, or that without the prefix. */
  COMFYUI,
  /** {@code lora_transformer_<module, with underscores>}. */
  ONETRAINER,
  /** {@code double_blocks.0.processor.qkv_lora1}. */
  XLABS;

  private static final Pattern PREFIX =
      Pattern.compile("(base_model\\.model|transformer|unet|(?:model\\.)?diffusion_model)\\.(.+)");
  private static final Pattern FLAT = Pattern.compile("(lora_unet|lora_transformer|lycoris)_(.+)");
  private static final Pattern TEXT_ENCODER =
      Pattern.compile("(text_encoders\\.\\w+|text_encoder(?:_\\d)?|lora_te\\d?)[._].+");

  /** A module of a file: whose words, and which layers of diffusers it holds. */
  record Module(Naming naming, Fused fused) {}

  /** The text encoder a module belongs to, such as {@code lora_te1}; empty if to none. */
  static Optional<String> textEncoder(String module) {
    Matcher matcher = TEXT_ENCODER.matcher(module);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Finds the module; a name that no table has stays what it is. */
  static Module of(String module) {
    Matcher flat = FLAT.matcher(module);
    return flat.matches() ? flat(flat.group(1), flat.group(2)) : dotted(module);
  }

  private static Module flat(String prefix, String rest) {
    Naming naming = prefix.equals("lora_unet") ? KOHYA : ONETRAINER;
    return original(rest)
        .or(() -> tables().flatMap(t -> t.part(rest).stream()).map(Fused::same).findFirst())
        .map(fused -> new Module(naming, fused))
        .orElseGet(() -> new Module(naming, Fused.same(prefix + "_" + rest)));
  }

  private static Module dotted(String module) {
    String name = module;
    Naming naming = DIFFUSERS;
    for (Matcher m = PREFIX.matcher(name); m.matches(); m = PREFIX.matcher(name)) {
      naming = of(m.group(1), naming);
      name = m.group(2);
    }
    Optional<Fused> xlabs = ModuleTable.XLABS.byOriginal(name);
    if (xlabs.isPresent()) {
      return new Module(XLABS, xlabs.get());
    }
    String bare = name;
    Naming seen = naming;
    return tables().anyMatch(table -> table.byPart(bare).isPresent())
        ? new Module(seen, Fused.same(bare))
        : original(bare)
            .map(fused -> new Module(COMFYUI, fused))
            .orElseGet(() -> new Module(seen, Fused.same(bare)));
  }

  private static Naming of(String prefix, Naming before) {
    return switch (prefix) {
      case "base_model.model" -> PEFT;
      case "transformer", "unet" -> before;
      default -> COMFYUI;
    };
  }

  private static Optional<Fused> original(String name) {
    return tables().flatMap(table -> table.byOriginal(name).stream()).findFirst();
  }

  private static Stream<ModuleTable> tables() {
    return Stream.of(ModuleTable.FLUX, ModuleTable.SANA);
  }

  /** What people call the program. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
