// Binds a Pulumi package schema and generates the SDK of each language for which the module has a generator:
// `generate-sdks SCHEMA FOLDER`. Every diagnostic is an error, warnings too.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "generate-sdks"

// Each generator changes the package that it is given, so each binds its own.
var generators = map[string]func(*schema.Package) (map[string][]byte, error){
	"nodejs": func(pkg *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage(tool, pkg, nil, nil, false, nil)
	},
	"python": func(pkg *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage(tool, pkg, nil, nil)
	},
	"go": func(pkg *schema.Package) (map[string][]byte, error) {
		return gogen.GeneratePackage(tool, pkg, nil)
	},
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: generate-sdks SCHEMA FOLDER")
	}
	text, err := os.ReadFile(os.Args[1])
	check(err)
	for language, generate := range generators {
		files, err := generate(bind(text))
		check(err)
		for name, content := range files {
			path := filepath.Join(os.Args[2], language, name)
			check(os.MkdirAll(filepath.Dir(path), 0o755))
			check(os.WriteFile(path, content, 0o644))
		}
	}
}

func bind(text []byte) *schema.Package {
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	pkg, diagnostics, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
	for _, each := range diagnostics {
		fmt.Fprintf(os.Stderr, "%s: %s\n", each.Summary, each.Detail)
	}
	check(err)
	if len(diagnostics) > 0 {
		fail(fmt.Sprintf("the schema has %d problems", len(diagnostics)))
	}
	return pkg
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(1)
}
