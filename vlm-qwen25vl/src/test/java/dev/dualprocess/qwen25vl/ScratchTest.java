package dev.dualprocess.qwen25vl;

import dev.dualprocess.Question;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import dev.dualprocess.vqa.VqaSettings;
import dev.dualprocess.vqa.VqaVerifier;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ScratchTest {
  @Test
  void time() throws Exception {
    for (int threads = 1; threads <= 2; threads++) {
      Torch.setThreads(threads);
      try (VqaVerifier v =
          new VqaVerifier(Qwen25Vl.open(Path.of("/work/shared/tiny/tiny-qwen2.5-vl"), Placement.CPU))) {
        try (PointerScope s = new PointerScope()) {
          Tensor image = Noise.randn(0, 1, 3, 64, 64);
          List<Question> q = List.of(new Question("Is the horizon at the red line? Answer with Yes or No.", "Yes"));
          for (int r = 0; r < 12; r++) {
            long t = System.nanoTime();
            double l = 0;
            for (int i = 0; i < 100; i++) {
              try (PointerScope s2 = new PointerScope()) {
                l = v.critique(image, q, VqaSettings.AUTHORS).loss();
              }
            }
            System.out.println("TIME " + threads + " " + (System.nanoTime() - t) / 1e8 + " ms " + l + " rss " + (Pointer.physicalBytes() >> 20) + " objects " + Pointer.totalCount() + " heap " + (Runtime.getRuntime().totalMemory()>>20));
          }
          long t = System.nanoTime();
          for (int i = 0; i < 100; i++) {
            try (PointerScope s2 = new PointerScope()) {
              v.assess(image, q, VqaSettings.AUTHORS);
            }
          }
          System.out.println("TIME assess " + (System.nanoTime() - t) / 1e8);
        }
      }
    }
  }
}
