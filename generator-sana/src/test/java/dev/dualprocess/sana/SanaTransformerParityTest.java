package dev.dualprocess.sana;

import static dev.dualprocess.testing.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The transformer against diffusers, its LoRA against PEFT. */
class SanaTransformerParityTest {
  private static final double OUTPUT = Parity.output(1e-4);
  private static final double GRADIENT = Parity.gradient(1e-3);
  private static final String LORA_CASE = "case1."; // whose inputs the LoRA's cases use

  @TempDir Path folder;

  static List<String> cases() {
    return SanaFixtures.transformerCases();
  }

  static List<String> adaptedCases() {
    return SanaFixtures.adaptedCases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsAndInputGradients(String name) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      SanaTransformer model = SanaFixtures.transformer(SanaFixtures.checkpoint(name), owner);
      List<String> outputs =
          golden.names("case").stream().filter(key -> key.endsWith(".output")).toList();
      assertFalse(outputs.isEmpty(), "no cases");
      for (String output : outputs) {
        String which = "case" + output.substring(0, output.indexOf('.')) + ".";
        Tensor x = Ops.leaf(golden.input(which + "hidden_states"));
        Tensor y = forward(model, golden, which, x);
        golden.assertClose(which + "output", y, OUTPUT);
        Ops.backward(y, golden.input(which + "R"));
        golden.assertClose(which + "grad_hidden_states", x.grad(), GRADIENT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adaptedCases")
  void whatTheMaskHidesHasNoEffect(String name) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      SanaTransformer model = SanaFixtures.transformer(SanaFixtures.checkpoint(name), owner);
      Tensor x = golden.input(LORA_CASE + "hidden_states");
      Tensor text = golden.input(LORA_CASE + "encoder_hidden_states");
      Tensor mask = golden.tensor(LORA_CASE + "encoder_attention_mask");
      Tensor t = golden.tensor(LORA_CASE + "timestep");
      Tensor g = guidance(golden, LORA_CASE);
      Tensor hidden = Ops.add(Ops.toLike(mask, text).neg(), 1).unsqueeze(-1);
      assertTrue(hidden.sum().item_double() > 0, "the mask hides nothing");
      Tensor noise = Parity.placement().place(Noise.randn(1, text.shape()));
      Tensor y = model.forward(x, text, mask, t, g);
      assertClose(
          "masked tokens", y, model.forward(x, text.add(noise.mul(hidden)), mask, t, g), 1e-6);
      Tensor all = model.forward(x, text, torch.ones_like(mask), t, g);
      assertTrue(Golden.relativeError(y, all) > 1e-3, "without the mask the result is the same");
    }
  }

  @ParameterizedTest
  @MethodSource("adaptedCases")
  void loraOutputsAndGradients(String name) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      SanaTransformer model = SanaFixtures.transformer(SanaFixtures.checkpoint(name), owner);
      LoraTargets targets = new LoraTargets(model.layers(), model.trained(), Parity.placement());
      for (String weight : List.of("1", "5")) {
        String which = "lora_w" + weight + ".";
        try (Lora lora = lora(name, golden)) {
          lora.flatGradient();
          LoraTargets.Attachment attachment = targets.attach(lora, Double.parseDouble(weight));
          Tensor x = Ops.leaf(golden.input(LORA_CASE + "hidden_states"));
          Tensor y = forward(model, golden, LORA_CASE, x);
          golden.assertClose(which + "output", y, Parity.sensitive(OUTPUT, 6e-2));
          Ops.backward(y, golden.input(LORA_CASE + "R"));
          if (Parity.inFloat32()) { // In bf16 rounding the weights alone changes all of it.
            golden.assertClose(which + "grad_hidden_states", x.grad(), GRADIENT);
          }
          for (String key : golden.names(which + "grad.")) {
            String module = key.substring(0, key.indexOf(".lora_"));
            Tensor leaf = key.contains(".lora_A.") ? lora.a(module) : lora.b(module);
            golden.assertClose(which + "grad." + key, leaf.grad(), Parity.sensitive(GRADIENT, 0.3));
          }
          attachment.close();
          Tensor detached = forward(model, golden, LORA_CASE, x);
          assertClose(name + " detached", golden.tensor(LORA_CASE + "output"), detached, OUTPUT);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adaptedCases")
  void aMergedLoraDrawsAsAnAttachedOne(String name) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      SanaTransformer model = SanaFixtures.transformer(SanaFixtures.checkpoint(name), owner);
      try (LoraTargets targets =
          new LoraTargets(model.layers(), model.trained(), Parity.placement())) {
        try (Lora lora = lora(name, golden)) {
          targets.merge(lora, 1);
        }
        Tensor x = golden.input(LORA_CASE + "hidden_states");
        golden.assertClose("lora_w1.output", forward(model, golden, LORA_CASE, x), OUTPUT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adaptedCases")
  void aNewLoraCoversWhatPeftCovers(String name) throws IOException {
    try (TensorOwner owner = new TensorOwner()) {
      SanaTransformer model = SanaFixtures.transformer(SanaFixtures.checkpoint(name), owner);
      TreeSet<String> wanted = new TreeSet<>();
      Fixtures.json(name + ".json")
          .path("lora")
          .path("modules")
          .forEach(m -> wanted.add(m.asText()));
      assertEquals(wanted, new TreeSet<>(model.trained()));
    }
  }

  private static Tensor forward(SanaTransformer model, Golden golden, String which, Tensor x) {
    return model.forward(
        x,
        golden.input(which + "encoder_hidden_states"),
        golden.tensor(which + "encoder_attention_mask"),
        golden.tensor(which + "timestep"),
        guidance(golden, which));
  }

  private static @Nullable Tensor guidance(Golden golden, String which) {
    return golden.has(which + "guidance") ? golden.tensor(which + "guidance") : null;
  }

  /** The golden adapter by way of a file, as a user would get it. */
  private Lora lora(String name, Golden golden) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    golden.names("lora.").forEach(key -> tensors.put(key, golden.tensor("lora." + key)));
    JsonNode settings = Fixtures.json(name + ".json").path("lora");
    var metadata = JsonMapper.builder().build().createObjectNode();
    metadata.put("transformer.r", settings.path("r").asInt());
    metadata.put("transformer.lora_alpha", settings.path("lora_alpha").asDouble());
    Path file = folder.resolve("lora.safetensors");
    SafeTensorsWriter.write(file, tensors, Map.of("lora_adapter_metadata", metadata.toString()));
    try (Lora read = Lora.load(file)) {
      return read.on(Parity.placement());
    }
  }
}
