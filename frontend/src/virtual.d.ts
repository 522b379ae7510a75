declare module "virtual:coast" {
  /** Polygons of rings of [lon, lat]. */
  const land: [number, number][][][];
  export default land;
}
