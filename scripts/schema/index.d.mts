// Types of the schema of the Pulumi package, for TypeScript callers.

export interface TypeSpec {
  type?: string;
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  oneOf?: TypeSpec[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
}

export interface PropertySpec extends TypeSpec {
  description: string;
  const?: string;
  secret?: boolean;
  willReplaceOnChanges?: boolean;
}

export interface ObjectSpec {
  description?: string;
  type?: string;
  properties?: Record<string, PropertySpec>;
  required?: string[];
  enum?: { name: string; value: string }[];
}

export interface ResourceSpec extends ObjectSpec {
  properties: Record<string, PropertySpec>;
  description: string;
  inputProperties: Record<string, PropertySpec>;
  requiredInputs: string[];
}

export interface FunctionSpec {
  description: string;
  inputs: ObjectSpec;
  outputs: ObjectSpec;
}

export interface PackageSchema {
  name: string;
  version: string;
  config: { variables: Record<string, PropertySpec> };
  provider: { description: string; inputProperties: Record<string, PropertySpec> };
  types: Record<string, ObjectSpec>;
  resources: Record<string, ResourceSpec>;
  functions: Record<string, FunctionSpec>;
}

export declare function packageSchema(): PackageSchema;
/** The committed schema. */
export declare const schemaFile: string;
