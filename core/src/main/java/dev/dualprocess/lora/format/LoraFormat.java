package dev.dualprocess.lora.format;

import dev.dualprocess.tensor.Finite;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/** The forms in which a LoRA is written. All act with the same strength. */
public enum LoraFormat {
  /**
   * What {@code load_lora_weights} of diffusers reads: {@code transformer.<module>.lora_A.weight}.
   * The scale is multiplied into B, for many programs read no alpha in this form.
   */
  DIFFUSERS {
    @Override
    void save(LoraContent content, Path path) throws IOException {
      Map<String, LowRank> baked = new LinkedHashMap<>();
      content.modules().forEach((module, change) -> baked.put(module, change.baked()));
      Map<String, String> header = Headers.kept(content.header());
      header.put(LoraReader.METADATA, PeftPatterns.of(baked).json("transformer.").toString());
      SafeTensorsWriter.write(path, PeftPatterns.tensors("transformer.", baked), header);
    }
  },

  /**
   * What kohya's programs read: {@code lora_unet_<original module>.lora_down.weight}, with alpha.
   */
  KOHYA {
    @Override
    void save(LoraContent content, Path path) throws IOException {
      OriginalNames names = OriginalNames.of(content, this);
      Map<String, String> header = Headers.kept(content.header());
      header.put("ss_network_dim", String.valueOf(names.rank()));
      header.put("ss_network_alpha", String.valueOf(names.alpha()));
      header.put(LoraReader.RANKS_OF_PARTS, names.ranksOfParts());
      SafeTensorsWriter.write(
          path, names.tensors(name -> "lora_unet_" + name.replace('.', '_')), header);
    }
  },

  /**
   * ComfyUI's own names: {@code diffusion_model.<original module>.lora_down.weight}, with alpha.
   */
  COMFYUI {
    @Override
    void save(LoraContent content, Path path) throws IOException {
      OriginalNames names = OriginalNames.of(content, this);
      Map<String, String> header = Headers.kept(content.header());
      header.put(LoraReader.RANKS_OF_PARTS, names.ranksOfParts());
      SafeTensorsWriter.write(path, names.tensors(name -> "diffusion_model." + name), header);
    }
  },

  /** A folder as PEFT writes it: {@code adapter_model.safetensors}, {@code adapter_config.json}. */
  PEFT {
    @Override
    void save(LoraContent content, Path folder) throws IOException {
      byte[] config = PeftPatterns.of(content.modules()).config();
      AtomicFile.writeBoth(
          folder.resolve(LoraSource.PEFT_WEIGHTS),
          SafeTensorsWriter.content(
              PeftPatterns.tensors("base_model.model.", content.modules()),
              Headers.kept(content.header())),
          folder.resolve(LoraSource.PEFT_CONFIG),
          path -> Files.write(path, config));
    }
  };

  abstract void save(LoraContent content, Path path) throws IOException;

  /**
   * Writes it in this form; what stands there is replaced as a whole.
   *
   * @param path a file, or a folder for {@link #PEFT}
   * @throws IllegalArgumentException in one line, if a module has no name in this form, or its
   *     change is not finite
   */
  public void write(LoraContent content, Path path) throws IOException {
    Objects.requireNonNull(path, "path");
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      content.modules().forEach(LoraFormat::requireFinite);
      save(content, path);
    }
  }

  private static void requireFinite(String module, LowRank change) {
    LowRank baked = change.baked();
    if (!Finite.all(baked.a()) || !Finite.all(baked.b())) {
      throw new IllegalArgumentException(
          "the change of '%s' is not finite at the scale %s".formatted(module, change.scale()));
    }
  }

  /**
   * Reads a file of any form and writes it in this one. Factors keep their dtype; those that need
   * not be fused, cut or scaled keep every bit.
   *
   * @throws IllegalArgumentException in one line, if {@code to} is {@code from}, or a module has no
   *     name in this form
   */
  public void convert(Path from, Path to) throws IOException {
    requireElsewhere(from, to);
    try (PointerScope scope = new PointerScope()) {
      write(LoraContent.read(from), to);
    }
  }

  /**
   * Makes sure that what is written does not take the place of what is read.
   *
   * @throws IllegalArgumentException in one line, if it would
   */
  public void requireElsewhere(Path from, Path to) throws IOException {
    Path read = LoraSource.of(from).weights();
    Path written = this == PEFT ? to.resolve(LoraSource.PEFT_WEIGHTS) : to;
    if (Files.exists(written) && Files.exists(read) && Files.isSameFile(read, written)) {
      throw new IllegalArgumentException(written + " is what is read; choose another place");
    }
  }
}
