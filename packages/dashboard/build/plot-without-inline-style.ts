import type { Plugin } from 'vite'

/** The statement with which Plot puts a `<style>` element into every chart. */
const INLINE_STYLE = /svg\s*\.append\("style"\)\s*\.text\(\s*`[^`]*`\s*\)/

/**
 * Takes the `<style>` element out of Plot's charts: the page's policy, `style-src 'self'`, would block it and report a
 * violation for each chart. What it says stands in src/styles/charts.css instead.
 */
export function plotWithoutInlineStyle(): Plugin {
  return {
    name: 'plot-without-inline-style',
    transform(code, id) {
      if (!id.endsWith('/@observablehq/plot/src/plot.js')) return undefined
      if (!INLINE_STYLE.test(code)) {
        this.error('Plot has changed: look for the <style> element in its plot.js and take it out here.')
      }
      return { code: code.replace(INLINE_STYLE, 'undefined'), map: null }
    },
  }
}
