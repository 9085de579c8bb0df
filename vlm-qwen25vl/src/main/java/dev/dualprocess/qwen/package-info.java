/**
 * What the Qwen-VL families share: how an image is cut into patches and its tokens stand in a
 * prompt ({@code Grid}), the layers of their vision towers, and the text model's configuration.
 */
package dev.dualprocess.qwen;
