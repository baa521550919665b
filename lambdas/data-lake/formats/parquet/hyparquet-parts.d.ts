// The package exports its parts without saying so to `moduleResolution: node10`.
declare module 'hyparquet/src/column.js' {
  export * from 'hyparquet/types/column';
}
declare module 'hyparquet/src/assemble.js' {
  export * from 'hyparquet/types/assemble';
}
declare module 'hyparquet/src/constants.js' {
  export * from 'hyparquet/types/constants';
}
declare module 'hyparquet/src/convert.js' {
  export * from 'hyparquet/types/convert';
}
declare module 'hyparquet/src/delta.js' {
  export * from 'hyparquet/types/delta';
}
declare module 'hyparquet/src/schema.js' {
  export * from 'hyparquet/types/schema';
}
