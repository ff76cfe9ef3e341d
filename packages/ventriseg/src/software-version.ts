/** Name and version of this package, as manifests, models and results record them. A test keeps it true. */
export const softwareVersion = { name: 'ventriseg', version: '0.1.0' } as const;
