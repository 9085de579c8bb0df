/** The page's server: routes, events, and who may ask. */
@org.jspecify.annotations.NullMarked
package dev.dualprocess.studio.web;
