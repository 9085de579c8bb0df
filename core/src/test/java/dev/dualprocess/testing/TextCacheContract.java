package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.hash.Hashing;
import com.google.common.io.MoreFiles;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.cache.TextCache;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every generator must keep to whose text encoders are passed over for texts that are kept.
 */
public abstract class TextCacheContract {
  private static final String TEXT = "a red cat on the sea";

  @TempDir private Path temporary;

  /** The provider under test. */
  protected abstract GeneratorProvider provider();

  /** A pipeline's folder with weights. */
  protected abstract Path pipeline() throws IOException;

  private LoadOptions keeping() {
    return LoadOptions.at(Placement.CPU).withTextCache(TextCache.in(kept()));
  }

  private Path kept() {
    return temporary.resolve("kept");
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(kept())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(kept())) {
      return files.sorted().toList();
    }
  }

  /** Of every way of sampling: an image, and what training makes of the text. */
  private List<float[]> drawn(Path folder, LoadOptions opening, String text) throws IOException {
    List<float[]> images = new ArrayList<>();
    try (Generator generator = provider().open(Optional.of(folder), opening);
        Conditioning conditioning = generator.condition(text)) {
      for (Sampling.Shift shift : Sampling.Shift.values()) {
        images.addAll(drawn(generator, conditioning, shift));
      }
    }
    return images;
  }

  private static List<float[]> drawn(
      Generator generator, Conditioning conditioning, Sampling.Shift shift) {
    Sampling sampling =
        generator
            .defaultSampling()
            .withSize(OpeningContract.size(generator))
            .withSteps(2)
            .withShift(shift);
    return Memory.freeing(
        () -> {
          Tensor noise = generator.noise(7, 1, sampling.size());
          float[] image = Ops.toFloats(generator.generate(noise, conditioning, sampling));
          Conditioning taught = conditioning.forTraining(sampling);
          try (Draft draft = generator.draft(noise, 0, taught, sampling)) {
            return List.of(image, Ops.toFloats(draft.image()));
          }
        });
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
  }

  @Test
  final void whatWasKeptDrawsTheSameBitForBit() throws IOException {
    List<float[]> encoded = drawn(pipeline(), LoadOptions.at(Placement.CPU), TEXT);
    assertSame(encoded, drawn(pipeline(), keeping(), TEXT));
    List<Path> files = files();
    assertFalse(files.isEmpty());
    assertSame(encoded, drawn(pipeline(), keeping(), TEXT));
    assertEquals(files, files());
  }

  /** Weights are told by the names of the hub's blobs; what is in them is not looked at. */
  @Test
  final void textEncodersAreNotOpenedForATextThatIsKept() throws IOException {
    Path folder = CopiedFolder.of(pipeline(), temporary.resolve("snapshots/1"));
    List<Path> blobs = new ArrayList<>();
    for (String part : List.of("text_encoder", "text_encoder_2")) {
      if (Files.isDirectory(folder.resolve(part))) {
        blobs.add(blob(folder.resolve(part).resolve("model.safetensors")));
      }
    }
    List<float[]> encoded = drawn(folder, keeping(), TEXT);
    for (Path blob : blobs) {
      Files.write(blob, new byte[(int) Files.size(blob)]);
    }
    assertSame(encoded, drawn(folder, keeping(), TEXT));
    assertThrows(IOException.class, () -> drawn(folder, keeping().withoutTextCache(), TEXT));
    String told =
        assertThrows(UncheckedIOException.class, () -> drawn(folder, keeping(), "a dog"))
            .getCause()
            .getMessage();
    assertTrue(told.contains("model.safetensors") && told.lines().count() == 1, told);
  }

  private Path blob(Path file) throws IOException {
    Path blobs = Files.createDirectories(temporary.resolve("blobs"));
    Path blob = blobs.resolve(MoreFiles.asByteSource(file).hash(Hashing.sha256()).toString());
    Files.move(file, blob);
    Files.createSymbolicLink(file, blob);
    return blob;
  }

  @Test
  final void anotherTextOrDtypeIsEncoded() throws IOException {
    List<float[]> cat = drawn(pipeline(), keeping(), TEXT);
    int files = files().size();
    List<float[]> dog = drawn(pipeline(), keeping(), "a dog");
    assertFalse(Arrays.equals(cat.get(0), dog.get(0)));
    int more = files().size();
    assertTrue(more > files, files + " files, then " + more);
    Placement bf16 = new Placement("cpu", Dtype.BFLOAT16);
    LoadOptions half = LoadOptions.at(bf16);
    List<float[]> encoded = drawn(pipeline(), half, TEXT);
    assertSame(encoded, drawn(pipeline(), half.withTextCache(TextCache.in(kept())), TEXT));
    assertEquals(more + files, files().size());
    assertSame(encoded, drawn(pipeline(), half.withTextCache(TextCache.in(kept())), TEXT));
  }

  /** Every file of it, in turn. */
  @Test
  final void otherEncodersOrTokenizersAreTakenForOthers() throws IOException {
    Path folder = CopiedFolder.of(pipeline(), temporary.resolve("pipeline"));
    condition(folder, keeping());
    int files = files().size();
    assertEquals(files, filesAfter(folder));
    int wanted = files;
    for (String name : List.of("text_encoder/config.json", "tokenizer/tokenizer_config.json")) {
      Files.writeString(folder.resolve(name), Files.readString(folder.resolve(name)) + "\n");
      wanted += files;
      assertEquals(wanted, filesAfter(folder), name);
    }
    Path weights = folder.resolve("text_encoder/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertEquals(wanted + files, filesAfter(folder));
  }

  private int filesAfter(Path folder) throws IOException {
    condition(folder, keeping());
    return files().size();
  }

  private void condition(Path folder, LoadOptions opening) throws IOException {
    try (Generator generator = provider().open(Optional.of(folder), opening)) {
      generator.condition(TEXT).close();
    }
  }

  @Test
  final void brokenFilesAreReplaced() throws IOException {
    List<float[]> encoded = drawn(pipeline(), keeping(), TEXT);
    for (Path file : files()) {
      Files.write(file, new byte[100]);
    }
    assertSame(encoded, drawn(pipeline(), keeping(), TEXT));
    for (Path file : files()) {
      assertTrue(Files.size(file) > 100, file.toString());
    }
  }

  @Test
  final void nothingIsKeptWhereNobodyAskedOrWeightsAreRandom() throws IOException {
    condition(pipeline(), LoadOptions.at(Placement.CPU));
    condition(pipeline(), keeping().withoutTextCache());
    condition(pipeline(), keeping().withWeights(WeightSource.random(3)));
    assertFalse(Files.exists(kept()));
  }

  /** Opening, encoding and finding many times. */
  @Test
  final void keptTextsLeaveNoMemoryBehind() throws IOException {
    try (Generator generator = provider().open(Optional.of(pipeline()), keeping())) {
      FlatMemory.assertFlat(
          () -> {
            for (int i = 0; i < 12; i++) {
              generator.condition(TEXT).close();
            }
          });
    }
  }
}
