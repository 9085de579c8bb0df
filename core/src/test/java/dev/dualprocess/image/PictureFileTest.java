package dev.dualprocess.image;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people give as a picture, and what they are told if it is none. */
class PictureFileTest {
  private static final byte[] GREY = new PngBytes(1, 1, 8, PngBytes.GREY).rows(PngBytes.bytes(30));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "0000001c667479706176696600000000, an AVIF picture, convert it to PNG",
        "0000001c667479706d69663100000000617669666d696631, an AVIF picture, convert it to PNG",
        "000000186674797068656963000000006d69663168656963, a HEIC picture, convert it to PNG",
        "0000001c6674797069736f6d0000020069736f6d, a video, save a frame of it as PNG",
        "ff0a00, a JPEG XL picture, convert it to PNG",
        "0000000c4a584c200d0a870a, a JPEG XL picture, convert it to PNG",
        "0000000c6a5020200d0a870a, a JPEG 2000 picture, convert it to PNG",
        "ff4fff5100, a JPEG 2000 picture, convert it to PNG",
        "49492a0008000000, a TIFF picture, magick FILE picture.png",
        "4d4d002a00000008, a TIFF picture, magick FILE picture.png",
        "38425053, a Photoshop document, convert it to PNG",
        "67696d702078636620, a GIMP document, convert it to PNG",
        "762f3101, an OpenEXR picture, convert it to PNG",
        "0000010001, a Windows icon, convert it to PNG",
        "50360a3120310a32, a Netpbm picture, convert it to PNG",
        "716f696600, a QOI picture, convert it to PNG",
        "255044462d312e37, a PDF document, convert it to PNG",
        "504b0304, an archive, unpack it",
        "1f8b08, an archive, unpack it",
        "0102030405, of no format it knows, \"give a PNG, JPEG, WebP, GIF or BMP\""
      })
  void foreignFormatsAreNamed(String hex, String title, String advice) throws IOException {
    Path file = folder.resolve("picture.png");
    Files.write(file, HexFormat.of().parseHex(hex));
    assertRefused(IOException.class, () -> PictureFile.read(file), file, "it is " + title, advice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<svg xmlns='http://www.w3.org/2000/svg'/> | an SVG drawing",
        "<?xml version='1.0'?><!-- made --><svg/> | an SVG drawing",
        "<!DOCTYPE html><title>404</title> | a web page; save the picture itself",
        "<html> | a web page; save the picture itself",
        "version https://git-lfs.github.com/spec/v1 | a Git LFS pointer",
        "version https://git-lfs.github.com/spec/v1 | 'git lfs pull'",
        "{\"error\": \"no\"} | text; give a PNG, JPEG, WebP, GIF or BMP",
        "'' | empty; get it again"
      })
  void textsAreNamed(String text, String told) throws IOException {
    Path file = Files.writeString(folder.resolve("picture.jpg"), text == null ? "" : text);
    assertRefused(IOException.class, () -> PictureFile.read(file), file, "it is ", told);
  }

  @Test
  void theContentDecidesNotTheName() throws IOException {
    Path file = Files.write(folder.resolve("picture.jpg"), GREY);
    assertEquals(0xff1e1e1e, PictureFile.read(file).getRGB(0, 0));
    Path none = Files.write(folder.resolve("picture"), GREY);
    assertEquals(0xff1e1e1e, PictureFile.read(none).getRGB(0, 0));
  }

  @Test
  void whatIsNoFileIsNamed() {
    Path missing = folder.resolve("missing.png");
    assertRefused(IOException.class, () -> PictureFile.read(missing), missing, "no such file");
    assertRefused(IOException.class, () -> PictureFile.read(folder), folder, "a folder");
  }

  @Test
  void othersReadersAreNeitherAskedNorDisturbed() throws IOException {
    IIORegistry registry = IIORegistry.getDefaultInstance();
    List<ImageReaderSpi> before = providers(registry);
    List<ImageReaderSpi> webP =
        before.stream().filter(one -> List.of(one.getFormatNames()).contains("webp")).toList();
    webP.forEach(registry::deregisterServiceProvider);
    try {
      List<ImageReaderSpi> without = providers(registry);
      byte[] lossless =
          Base64.getDecoder()
              .decode("UklGRiYAAABXRUJQVlA4TBoAAAAvAQAAEA9wAYQ9Jsi2DW07wR/4H+yHjOh/AA==");
      assertArrayEquals(new int[] {0x80c80a14, 0xff010203}, ReadBack.argb(lossless));
      assertEquals(without, providers(registry));
    } finally {
      webP.forEach(registry::registerServiceProvider);
    }
  }

  private static List<ImageReaderSpi> providers(IIORegistry registry) {
    List<ImageReaderSpi> all = new ArrayList<>();
    Iterator<ImageReaderSpi> each = registry.getServiceProviders(ImageReaderSpi.class, true);
    each.forEachRemaining(all::add);
    return all;
  }

  /** A class path without the library for WebP. */
  private static final class WithoutWebP extends ClassLoader {
    private static final String OURS = "dev.dualprocess.image.";

    WithoutWebP() {
      super(PictureFileTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.twelvemonkeys.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith(OURS)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? ownCopy(name) : loaded;
    }

    private Class<?> ownCopy(String name) throws ClassNotFoundException {
      try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void withoutItsLibraryAWebPNamesIt() throws Exception {
    Path webP = folder.resolve("picture.webp");
    byte[] file = "RIFF\4\0\0\0WEBP".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(webP, file);
    Path png = Files.write(folder.resolve("picture.png"), GREY);
    var read =
        new WithoutWebP().loadClass(PictureFile.class.getName()).getMethod("read", Path.class);
    read.invoke(null, png);
    assertRefused(
        Exception.class,
        () -> {
          try {
            read.invoke(null, webP);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        },
        webP,
        "com.twelvemonkeys.imageio:imageio-webp",
        "or convert it to PNG");
  }
}
