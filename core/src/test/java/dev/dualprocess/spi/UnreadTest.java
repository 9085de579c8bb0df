package dev.dualprocess.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people give in place of a model's folder, and the line that they get. */
class UnreadTest {
  private static final String PIPELINES = "the generators here read FluxPipeline, SanaPipeline";
  private static final String TYPES = "the verifiers here read idefics2, qwen2_5_vl";

  @TempDir Path folder;

  private Path write(String file, String content) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, content);
  }

  private static String generator(Path path) throws IOException {
    return new Unread(path, "generator", List.of("FluxPipeline", "SanaPipeline"))
        .told(Optional.empty());
  }

  private static String verifier(Path path) throws IOException {
    return new Unread(path, "verifier", List.of("idefics2", "qwen2_5_vl")).told(Optional.empty());
  }

  @Test
  void aLineBreakInATypeMakesNoSecondLine() throws IOException {
    write("config.json", "{\"model_type\": \"one\\ntwo\"}");
    assertEquals(folder + ": one\\ntwo is not read; " + TYPES, verifier(folder));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FluxKontextPipeline",
        "FluxFillPipeline",
        "FluxControlNetPipeline",
        "Flux2Pipeline",
        "StableDiffusion3Pipeline",
        "StableDiffusionXLPipeline",
        "PixArtSigmaPipeline",
        "SanaVideoPipeline"
      })
  void aPipelineOfAnotherClassIsNamed(String type) throws IOException {
    write("model_index.json", "{\"_class_name\": \"%s\"}".formatted(type));
    assertEquals("%s: %s is not read; %s".formatted(folder, type, PIPELINES), generator(folder));
  }

  @ParameterizedTest
  @CsvSource({
    "qwen2_vl, Qwen2VLForConditionalGeneration",
    "qwen3_vl, Qwen3VLForConditionalGeneration",
    "idefics3, Idefics3ForConditionalGeneration",
    "smolvlm, SmolVLMForConditionalGeneration",
    "llava, LlavaForConditionalGeneration",
    "paligemma, PaliGemmaForConditionalGeneration",
  })
  void aModelOfAnotherTypeIsNamed(String type, String architecture) throws IOException {
    write(
        "config.json",
        "{\"model_type\": \"%s\", \"architectures\": [\"%s\"]}".formatted(type, architecture));
    assertEquals(
        "%s: %s (%s) is not read; %s".formatted(folder, type, architecture, TYPES),
        verifier(folder));
  }

  @Test
  void filesThatDoNotSayWhatTheyAreAreNamed() throws IOException {
    write("config.json", "{}");
    assertEquals(
        "%s: config.json without model_type is not read; %s".formatted(folder, TYPES),
        verifier(folder));
    write("model_index.json", "{}");
    assertEquals(
        "%s: model_index.json without _class_name is not read; %s".formatted(folder, PIPELINES),
        generator(folder));
    Path broken = write("model_index.json", "{");
    String told = assertThrows(IOException.class, () -> generator(folder)).getMessage();
    assertEquals(0, told.indexOf(broken + ": not valid JSON: "), told);
  }

  @Test
  void anAdapterIsForLora() throws IOException {
    write(
        "adapter_config.json",
        "{\"peft_type\": \"LORA\", \"base_model_name_or_path\": \"some/FLUX.1-dev\"}");
    assertEquals(
        folder
            + ": a PEFT adapter (LORA) for some/FLUX.1-dev, not a model directory; give that model,"
            + " and this with --lora",
        generator(folder));
  }

  /** A folder of diffusers' weights, and what a run of this program leaves. */
  @Test
  void aLoraAloneIsForLora() throws IOException {
    Path lora = write("pytorch_lora_weights.safetensors", "");
    String told =
        folder
            + ": a LoRA, not a model directory; give the model that it was made for, and this with"
            + " --lora "
            + lora;
    assertEquals(told, generator(folder));
    write("config.json", "{\"prompt\": \"a cat\"}");
    assertEquals(told, generator(folder));
  }

  @Test
  void aPartIsReadWithTheWhole() throws IOException {
    Path part =
        write("transformer/config.json", "{\"_class_name\": \"FluxTransformer2DModel\"}")
            .getParent();
    assertEquals(
        part
            + ": FluxTransformer2DModel alone, one part of a pipeline and not a model directory; give"
            + " the folder with the model_index.json",
        generator(part));
    write("model_index.json", "{\"_class_name\": \"FluxPipeline\"}");
    assertEquals(
        part + ": one part of a pipeline, not a model directory; give the folder above, " + folder,
        generator(part));
    Path file = write("transformer/diffusion_pytorch_model.safetensors", "");
    assertEquals(
        file + ": a file, not a model directory; give its folder, " + folder, generator(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flux1-dev.safetensors", "flux1-dev-Q4_K.gguf", "notes.txt"})
  void aFileIsNoFolder(String name) throws IOException {
    Path file = write(name, "");
    String told =
        switch (name.substring(name.indexOf('.') + 1)) {
          case "safetensors" -> "one file of weights, but a generator is a folder of configs";
          case "gguf" -> "quantized weights (GGUF), which are not read";
          default ->
              "a file, not a model directory; a generator needs its folder with a model_index.json"
                  + " or config.json of one of [FluxPipeline, SanaPipeline]";
        };
    assertTrue(generator(file).startsWith(file + ": " + told), generator(file));
    write("config.json", "{\"model_type\": \"qwen2_5_vl\"}");
    assertEquals(
        file + ": a file, not a model directory; give its folder, " + folder, generator(file));
  }

  @Test
  void whatIsInAnotherFolderIsToldOf() throws IOException {
    String nothing =
        "%s: not a model directory that a generator here reads: %s, it needs a model_index.json or"
            + " config.json of one of [FluxPipeline, SanaPipeline]";
    assertEquals(nothing.formatted(folder, "it is empty"), generator(folder));
    for (String name : List.of("a.gguf", "b.txt", "c", "d", "e", "f")) {
      write(name, "");
    }
    assertEquals(
        nothing.formatted(folder, "there is a.gguf, b.txt, c, d and 2 more"), generator(folder));
    write("one/model_index.json", "{}");
    write("two/config.json", "{}");
    assertEquals(
        folder + ": not a model directory but one of such directories; give one of one, two",
        generator(folder));
    write("snapshots/0a/model_index.json", "{}");
    write("snapshots/1b/model_index.json", "{}");
    assertEquals(
        folder
            + ": the hub cache's folder of a model, not a model directory; give one of its"
            + " snapshots: 0a, 1b",
        generator(folder));
  }

  @Test
  void aPipelineWithoutItsIndexIsNotTakenForSeveralModels() throws IOException {
    write("text_encoder/config.json", "{}");
    write("transformer/config.json", "{\"_class_name\": \"FluxTransformer2DModel\"}");
    write("vae/config.json", "{}");
    assertEquals(
        folder
            + ": model_index.json is missing: put the file there, or fetch the model again with"
            + " `dualprocess models get ID`",
        generator(folder));
    Path link = folder.resolve("model_index.json");
    Files.createSymbolicLink(link, Path.of("../../blobs/c0ffee"));
    assertEquals(
        link
            + ": no such file: a broken link, since ../../blobs/c0ffee is not there: put the file"
            + " there, or fetch the model again with `dualprocess models get ID`",
        generator(folder));
  }

  @Test
  void thePipelineOfTheHubCacheIsNamed() throws IOException {
    Path snapshot =
        write("models--some--flux/snapshots/0a/unet/config.json", "{}").getParent().getParent();
    write("models--some--flux/snapshots/0a/vae/config.json", "{}");
    assertEquals(
        snapshot
            + ": model_index.json is missing: fetch it again with `dualprocess models get some/flux`",
        generator(snapshot));
  }

  @Test
  void aConfigThatIsABrokenLinkIsToldAsThat() throws IOException {
    write("model.safetensors", "");
    Path link = Files.createSymbolicLink(folder.resolve("config.json"), Path.of("gone"));
    assertEquals(
        link
            + ": no such file: a broken link, since gone is not there: put the file there, or fetch"
            + " the model again with `dualprocess models get ID`",
        verifier(folder));
  }

  @Test
  void aModelOfTheOtherKindIsToldAsThat() throws IOException {
    assertEquals(
        folder
            + ": not a model directory for a generator: it is a verifier, by files of its own; "
            + PIPELINES,
        new Unread(folder, "generator", List.of("FluxPipeline", "SanaPipeline"))
            .told(Optional.of("verifier")));
    write("config.json", "{\"model_type\": \"qwen2_5_vl\"}");
    assertEquals(
        folder
            + ": not a model directory for a generator: it is a verifier, qwen2_5_vl; "
            + PIPELINES,
        new Unread(folder, "generator", List.of("FluxPipeline", "SanaPipeline"))
            .told(Optional.of("verifier")));
  }
}
