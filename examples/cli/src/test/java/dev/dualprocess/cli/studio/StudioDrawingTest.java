package dev.dualprocess.cli.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.VisualPrompt;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.openqa.selenium.Keys;

/** What is drawn at the studio's page is what its verifier gets. */
@ResourceLock("browser")
class StudioDrawingTest extends OpenedStudio {
  private static final int RED = 0xff0000;
  private static final String MARK = DRAWING + "/annotations/0";

  @Test
  void undoAndRedoMoveTheLine() throws IOException, InterruptedException {
    browser.click("#example-horizon");
    JsonNode before = form("/checks/0/question", ".+");
    List<Integer> first = shown(before);
    browser.drag("[data-test=handle-0-line]", 0, -40);
    JsonNode dragged = browser.draft(draft -> !draft.equals(before));
    browser.draft(draft -> draft.at(DRAWING).equals(dragged.at(DRAWING)));
    List<Integer> moved = shown(browser.draft(draft -> true));
    assertNotEquals(first, moved);

    browser.click("#undo");
    assertEquals(before.at(DRAWING), browser.draft(draft -> draft.equals(before)).at(DRAWING));
    assertEquals(first, shown(before));
    browser.click("#redo");
    JsonNode again = browser.draft(draft -> !draft.equals(before));
    assertEquals(moved, shown(again));
  }

  @Test
  void aColourIsPickedFromThePicture() throws IOException, InterruptedException {
    browser.type("#prompt", "a desert at noon");
    browser.click("#tool-palette");
    JsonNode before = form(DRAWING + "/annotations/0/palette", "#.+");
    browser.click("#colour-pick");
    int column = 20;
    int row = 11;
    browser.clickAt("#pick-surface:not([hidden])", (column + 0.5) / SIDE, (row + 0.5) / SIDE);
    List<Integer> picture = drawn(before, 0);
    String colour = "#%06x".formatted(picture.get(row * SIDE + column));
    JsonNode after = form(DRAWING + "/annotations/0/palette", ".*," + colour);
    shown(after);
  }

  @Test
  void aStrokeIsPainted() throws IOException, InterruptedException {
    browser.type("#prompt", "a desert at noon");
    browser.click("#tool-brush");
    browser.drag("#paint", 120, 0);
    JsonNode form = form(DRAWING + "/painting", "[0-9a-f]+\\.png");
    String name = form.at(DRAWING + "/painting").asText();
    List<Integer> painting = StudioHttp.pixels(server.bytes("/api/paintings/" + name));
    assertEquals(RED, painting.get(SIDE / 2 * SIDE + SIDE / 2), "where the brush went down");
    assertEquals(RED, painting.get(SIDE / 2 * SIDE + SIDE / 2 + 8), "where it went");
    assertEquals(0xffffff, painting.get(SIDE / 2 * SIDE + SIDE / 2 - 16), "where it was not");
    assertEquals(RED, shown(form).get(SIDE / 2 * SIDE + SIDE / 2));
  }

  @Test
  void aPictureIsLaidOver() throws IOException, InterruptedException {
    BufferedImage halves = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      halves.setRGB(i % SIDE, i / SIDE, i % SIDE < SIDE / 2 ? 0x00ff7f : 0x102080);
    }
    Path file = folder.resolve("halves.png");
    ImageIO.write(halves, "png", file.toFile());
    browser.type("#prompt", "a desert at noon");
    browser.choose("#tool-picture", file);
    JsonNode form = form(DRAWING + "/painting", "[0-9a-f]+\\.png");
    String name = form.at(DRAWING + "/painting").asText();
    assertEquals(
        StudioHttp.pixels(Files.readAllBytes(file)),
        StudioHttp.pixels(server.bytes("/api/paintings/" + name)));
    assertNotEquals(drawn(form, 0), shown(form));
  }

  /** Opens a mark's tool, and waits until the form has it. */
  private static JsonNode mark(String kind) throws IOException {
    browser.type("#prompt", "a desert at noon");
    browser.click("#tool-" + kind);
    return browser.draft(draft -> draft.at(MARK).has(kind));
  }

  /** Drags a handle, and waits until the mark is another. */
  private static JsonNode moved(JsonNode before, String handle, int dx, int dy) throws IOException {
    browser.drag("[data-test=handle-0-%s]".formatted(handle), dx, dy);
    return browser.draft(
        draft -> !draft.at(MARK).isMissingNode() && !draft.at(MARK).equals(before.at(MARK)));
  }

  /** How far numbers of a mark went, in parts of the picture. */
  private static double[] went(JsonNode before, JsonNode after, String field) {
    JsonNode from = before.at(MARK).path(field);
    JsonNode to = after.at(MARK).path(field);
    double[] went = new double[to.size()];
    for (int i = 0; i < went.length; i++) {
      went[i] = to.path(i).asDouble() - from.path(i).asDouble();
    }
    return went;
  }

  /** Where a drag of so many pixels of the page ends, in parts of the picture. */
  private static double part(int pixels) {
    Number side = (Number) browser.script("return document.querySelector('#handles').clientWidth");
    return pixels / side.doubleValue();
  }

  private static boolean isRed(int pixel) {
    return (pixel >> 16) > 150 && (pixel >> 8 & 0xff) < 110 && (pixel & 0xff) < 110;
  }

  private static int pixel(List<Integer> picture, double x, double y) {
    int row = (int) (y * SIDE);
    int column = (int) (x * SIDE);
    return picture.get(row * SIDE + column);
  }

  @Test
  void anArrowIsTurned() throws IOException, InterruptedException {
    JsonNode first = mark("arrow");
    List<Integer> before = shown(first);
    JsonNode turned = moved(first, "tip", -60, 40);
    assertArrayEquals(
        new double[] {0, 0, part(-60), part(40)}, went(first, turned, "arrow"), 0.005);
    List<Integer> after = shown(turned);
    assertNotEquals(before, after);
    JsonNode at = turned.at(MARK).path("arrow");
    double x = (at.path(0).asDouble() + at.path(2).asDouble()) / 2;
    double y = (at.path(1).asDouble() + at.path(3).asDouble()) / 2;
    assertTrue(isRed(pixel(after, x, y)), "the arrow's middle");
    assertFalse(isRed(pixel(after, 0.05, 0.05)), "where it is not");
  }

  @Test
  void aBoxIsMovedAndStretched() throws IOException, InterruptedException {
    JsonNode first = mark("box");
    JsonNode moved = moved(first, "body", 30, -20);
    assertArrayEquals(new double[] {part(30), part(-20), 0, 0}, went(first, moved, "box"), 0.005);
    JsonNode stretched = moved(moved, "corner", -25, 35);
    assertArrayEquals(
        new double[] {0, 0, part(-25), part(35)}, went(moved, stretched, "box"), 0.005);
    List<Integer> after = shown(stretched);
    JsonNode at = stretched.at(MARK).path("box");
    double left = at.path(0).asDouble();
    double top = at.path(1).asDouble();
    double width = at.path(2).asDouble();
    double height = at.path(3).asDouble();
    assertTrue(isRed(pixel(after, left, top + height / 2)), "its left side");
    assertTrue(isRed(pixel(after, left + width / 2, top)), "its upper side");
    assertFalse(isRed(pixel(after, left + width / 2, top + height / 2)), "inside");
  }

  @Test
  void pointsAreMovedByKeys() throws IOException, InterruptedException {
    JsonNode first = mark("depth");
    browser.tabTo("[data-test=handle-0-B]");
    browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_DOWN);
    JsonNode keyed =
        browser.draft(d -> Math.abs(d.at(MARK).path("depth").path(3).asDouble() - 0.31) < 1e-6);
    assertArrayEquals(new double[] {0, 0, -0.02, 0.01}, went(first, keyed, "depth"), 1e-6);
    assertNotEquals(drawn(keyed, 0), shown(keyed));
    browser.type("[data-test=mark-0-A-x]", "12.5");
    browser.press(Keys.TAB);
    JsonNode typed =
        browser.draft(d -> Math.abs(d.at(MARK).path("depth").path(0).asDouble() - 0.125) < 1e-6);
    shown(typed);
    browser.tabTo("[data-test=handle-0-A]");
    browser.press(Keys.DELETE);
    browser.draft(draft -> draft.at(MARK).isMissingNode());
  }

  @Test
  void aTextIsWritten() throws IOException, InterruptedException {
    JsonNode first = mark("text");
    List<Integer> before = shown(first);
    browser.type("[data-test=mark-0-text]", "sun");
    browser.press(Keys.TAB);
    JsonNode written = browser.draft(draft -> draft.at(MARK).path("text").asText().equals("sun"));
    assertNotEquals(before, shown(written));
    JsonNode moved = moved(written, "at", -40, 30);
    assertArrayEquals(new double[] {part(-40), part(30)}, went(written, moved, "at"), 0.005);
    shown(moved);
  }

  @Test
  void aDrawingIsSavedAndOpenedAgain() throws IOException, InterruptedException {
    mark("box");
    browser.click("#tool-arrow");
    JsonNode form = browser.draft(draft -> draft.at(DRAWING + "/annotations").size() == 2);
    List<Integer> before = shown(form);
    browser.click("#drawing-save");
    Path json = downloaded("drawing.json");
    assertEquals(form.at(DRAWING), new ObjectMapper().readTree(json.toFile()));
    browser.click("#drawing-png");
    List<Integer> alone = StudioHttp.pixels(Files.readAllBytes(downloaded("drawing.png")));
    BufferedImage read = VisualPrompt.composition(json).draw(new ImageSize(SIDE, SIDE));
    assertEquals(StudioHttp.pixels(read), alone, "what a program draws that reads it");

    browser.click("#drawing-clear");
    browser.draft(draft -> draft.at(MARK).isMissingNode());
    browser.choose("#drawing-open", json);
    JsonNode again = browser.draft(draft -> draft.at(DRAWING).equals(form.at(DRAWING)));
    assertEquals(before, shown(again));
  }
}
