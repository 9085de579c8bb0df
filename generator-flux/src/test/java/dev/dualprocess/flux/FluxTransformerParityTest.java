package dev.dualprocess.flux;

import static dev.dualprocess.testing.Golden.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableMap;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets;
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
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The transformer against diffusers, its LoRA against PEFT. */
class FluxTransformerParityTest {
  private static final double OUTPUT = Parity.output(1e-4);
  private static final double GRADIENT = Parity.gradient(1e-3);

  @TempDir Path folder;

  static List<String> variants() {
    return Fixtures.cases("flux_transformer", "");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void outputsAndInputGradients(String name) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      FluxTransformer model = FluxFixtures.transformer(checkpoint(name), owner);
      List<String> outputs =
          golden.names("case").stream().filter(key -> key.endsWith(".output")).toList();
      assertFalse(outputs.isEmpty(), "no cases");
      for (String output : outputs) {
        String which = "case" + output.substring(0, output.indexOf('.')) + ".";
        if (!timesAreExact(golden, which)) {
          continue;
        }
        Tensor img = Ops.leaf(golden.input(which + "hidden_states"));
        Tensor y = forward(model, golden, which, img);
        golden.assertClose(which + "output", y, OUTPUT);
        Ops.backward(y, golden.input(which + "R"));
        golden.assertClose(which + "grad_hidden_states", img.grad(), GRADIENT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void loraOutputsAndGradients(String name) throws IOException {
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner();
        Golden golden = Fixtures.golden(name)) {
      assumeTrue(timesAreExact(golden, "case0."), "the times are others in this dtype");
      FluxTransformer model = FluxFixtures.transformer(checkpoint(name), owner);
      LoraTargets targets = new LoraTargets(model.linears(), model.trained(), Parity.placement());
      for (String weight : List.of("1", "5")) {
        String which = "lora_w" + weight + ".";
        try (Lora lora = lora(name, golden)) {
          lora.flatGradient();
          LoraTargets.Attachment attachment = targets.attach(lora, Double.parseDouble(weight));
          Tensor img = Ops.leaf(golden.input("case0.hidden_states"));
          Tensor y = forward(model, golden, "case0.", img);
          golden.assertClose(which + "output", y, OUTPUT);
          Ops.backward(y, golden.input("case0.R"));
          golden.assertClose(which + "grad_hidden_states", img.grad(), GRADIENT);
          for (String key : golden.names(which + "grad.")) {
            String module = key.substring(0, key.indexOf(".lora_"));
            Tensor leaf = key.contains(".lora_A.") ? lora.a(module) : lora.b(module);
            golden.assertClose(which + "grad." + key, leaf.grad(), GRADIENT);
          }
          attachment.close();
          assertClose(
              name + " detached",
              golden.tensor("case0.output"),
              forward(model, golden, "case0.", img),
              OUTPUT);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aNewLoraCoversWhatPeftCovers(String name) throws IOException {
    try (TensorOwner owner = new TensorOwner()) {
      FluxTransformer model = FluxFixtures.transformer(checkpoint(name), owner);
      TreeSet<String> wanted = new TreeSet<>();
      Fixtures.json(name + ".json")
          .path("lora")
          .path("modules")
          .forEach(m -> wanted.add(m.asText()));
      assertEquals(wanted, new TreeSet<>(model.trained()));
    }
  }

  /**
   * Whether the model's dtype holds 1000 t and 1000 guidance. To them it is rounded before the
   * sinusoids, as in diffusers; bf16 makes 752 of 750, and the golden output is that of another
   * time.
   */
  private static boolean timesAreExact(Golden golden, String which) {
    return Stream.of("timestep", "guidance")
        .filter(name -> golden.has(which + name))
        .map(name -> Ops.mul(golden.tensor(which + name), 1000))
        .allMatch(t -> Golden.largestDifference(t, Parity.placement().place(t)) == 0);
  }

  static Path checkpoint(String name) {
    return Fixtures.path(Fixtures.json(name + ".json").path("checkpoint").asText());
  }

  static Tensor forward(FluxTransformer model, Golden golden, String which, Tensor img) {
    Tensor ids = Ops.cat(0, golden.tensor(which + "txt_ids"), golden.tensor(which + "img_ids"));
    return model.forward(
        img,
        golden.input(which + "encoder_hidden_states"),
        golden.input(which + "pooled_projections"),
        golden.tensor(which + "timestep"),
        model.config().guidanceEmbeds() ? golden.tensor(which + "guidance") : null,
        Rope.of(ids, model.config().axesDimsRope(), Parity.placement()));
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
    SafeTensorsWriter.write(
        file, tensors, ImmutableMap.of("lora_adapter_metadata", metadata.toString()));
    try (Lora read = Lora.load(file)) {
      return read.on(Parity.placement());
    }
  }
}
