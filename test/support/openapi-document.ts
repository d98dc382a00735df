/** As much of one operation of an OpenAPI 3.1 document as the tests read. */
export interface Operation {
  readonly summary: string;
  readonly security?: object[];
  readonly requestBody?: object;
  readonly responses: Record<
    string,
    { description: string; content?: Record<string, { schema: object }> }
  >;
}

/** As much of an OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object; securitySchemes: Record<string, object> };
}
