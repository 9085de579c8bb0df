package dev.dualprocess.flux;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.MoreFiles;
import com.google.common.primitives.Floats;
import dev.dualprocess.Generator;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.LoggedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole pipelines as people have them on their disks. */
class FluxFolderTest {
  private static final String DIFFUSERS = "diffusion_pytorch_model";
  private static final List<String> PARTS =
      List.of("transformer", "vae", "text_encoder", "text_encoder_2");

  @TempDir Path folder;
  private final PointerScope scope = new PointerScope();

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @BeforeEach
  void copyThePipeline() throws IOException {
    CopiedFolder.of(FluxFixtures.pipeline("schnell"), folder);
  }

  private static String base(String part) {
    return part.startsWith("text") ? "model" : DIFFUSERS;
  }

  private Path weights(String part, String ending) {
    return folder.resolve(part).resolve(base(part) + ending);
  }

  /** What the text encoders and two layers of the others make of numbers. */
  private static float[] fingerprint(Path pipeline) throws IOException {
    try (Generator generator = FluxFixtures.generator(pipeline);
        FluxTextModels text = FluxFixtures.textModels(pipeline)) {
      FluxParts parts = FluxFixtures.parts(generator);
      Tensor[] made =
          Memory.scopedAll(
              () -> {
                Tensor ids = Ops.longs(new long[] {3, 1, 2}, 1, 3);
                Tensor z = torch.ones(1, parts.vae().config().latentChannels(), 2, 2);
                Tensor tokens = torch.ones(1, 3, parts.transformer().config().inChannels());
                return new Tensor[] {
                  text.clip().forward(ids),
                  text.t5().forward(ids),
                  parts.transformer().xEmbedder().forward(tokens),
                  parts.vae().decode(z)
                };
              });
      return Floats.concat(Stream.of(made).map(Ops::toFloats).toArray(float[][]::new));
    }
  }

  @Test
  void onlyVariantsAreReadAndSaid() throws Exception {
    float[] wanted = fingerprint(folder);
    for (String part : PARTS) {
      Files.move(weights(part, ".safetensors"), weights(part, ".fp16.safetensors"));
    }
    List<float[]> read = new ArrayList<>();
    List<String> warnings = LoggedLines.warnings(() -> read.add(fingerprint(folder)));
    assertArrayEquals(wanted, read.get(0));
    assertEquals(PARTS.size(), warnings.size(), warnings::toString);
    assertTrue(
        warnings.stream().allMatch(line -> line.contains("reading the fp16 variant")),
        warnings::toString);
  }

  @Test
  void aMissingTextEncoderIsNamed() throws IOException {
    MoreFiles.deleteRecursively(folder.resolve("text_encoder_2"));
    Path config = folder.resolve("text_encoder_2/config.json");
    assertTold(config + ": no such file: there is no folder text_encoder_2");
    Files.createDirectory(folder.resolve("text_encoder_2"));
    assertTold(config + ": no such file: the folder text_encoder_2 is empty");
  }

  private void assertTold(String line) {
    assertRefused(IOException.class, () -> FluxFixtures.generator(folder), line);
  }

  @Test
  void aTextEncoderWithoutItsWeightsIsNamed() throws IOException {
    Files.move(
        weights("text_encoder", ".safetensors"),
        folder.resolve("text_encoder/pytorch_model.bin"),
        StandardCopyOption.REPLACE_EXISTING);
    assertTold(
        folder.resolve("text_encoder")
            + ": only pickled weights are here (pytorch_model.bin); they are not read");
  }
}
