package dev.dualprocess.text.cache;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One encoded text: a safetensors file that says whose it is and what it must add up to. */
record StoredText(Path path, String key) {
  static final String ENDING = ".safetensors";

  private static final Logger LOG = LoggerFactory.getLogger(StoredText.class);
  private static final String KEY = "key";
  private static final String SUM = "sha256";

  /** Its tensors in the caller's scope; none if the file is missing, broken or another's. */
  Optional<Map<String, Tensor>> read(Set<String> names) {
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      if (!key.equals(file.metadata().get(KEY)) || !names.equals(file.names())) {
        return Optional.empty();
      }
      Map<String, Tensor> tensors = new TreeMap<>();
      names.forEach(name -> tensors.put(name, Memory.noGrad(() -> file.tensor(name).clone())));
      if (!sum(tensors).equals(file.metadata().get(SUM))) {
        return Optional.empty();
      }
      used();
      return Optional.of(tensors);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is encoded again", path, e);
      return Optional.empty();
    }
  }

  /** Those that were not used for longest leave first. */
  private void used() {
    try {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.debug("{} keeps its time", path, e);
    }
  }

  void write(Map<String, Tensor> tensors) throws IOException {
    PrivateFolder.make(path.toAbsolutePath().getParent());
    SafeTensorsWriter.write(
        path, new TreeMap<>(tensors), Map.of(KEY, key, SUM, sum(new TreeMap<>(tensors))));
  }

  /** Of names, types, shapes and bytes. */
  private static String sum(Map<String, Tensor> sorted) {
    Hasher hasher = Hashing.sha256().newHasher();
    Memory.withoutGrad(() -> sorted.forEach((name, tensor) -> put(hasher, name, tensor)));
    return hasher.hash().toString();
  }

  private static void put(Hasher hasher, String name, Tensor tensor) {
    Tensor host = tensor.to(new Device("cpu"), tensor.scalar_type()).contiguous();
    hasher.putUnencodedChars(name + Dtype.of(host) + Arrays.toString(host.shape()));
    long bytes = host.numel() * host.element_size();
    hasher.putBytes(new BytePointer(host.data_ptr()).limit(bytes).asByteBuffer());
  }
}
