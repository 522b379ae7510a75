/** The legal grid of the province: VN-2000 / TM-3 107°45′ (EPSG:5899), with the datum operation EPSG:6960. */
import proj4 from "proj4";

export const LEGAL_CRS = "EPSG:5899";

/** PROJ writes this datum shift in the position-vector sense; seconds of arc and ppm. */
proj4.defs(
  LEGAL_CRS,
  "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84" +
    " +towgs84=-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278" +
    " +units=m +no_defs",
);

/** Easting and northing in metres of a place given in degrees of WGS 84. */
export function toGrid(lon: number, lat: number): [east: number, north: number] {
  return proj4("EPSG:4326", LEGAL_CRS, [lon, lat]);
}

/** Degrees of WGS 84 of a place given in metres of the legal grid. */
export function fromGrid(east: number, north: number): [lon: number, lat: number] {
  return proj4(LEGAL_CRS, "EPSG:4326", [east, north]);
}
