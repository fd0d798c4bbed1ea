package market

import (
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/southeasttogether/dps/market/text"
)

// KnownNames are the names that the service holds about a child.
type KnownNames = text.KnownNames

// CheckNameless refuses texts that have a known name. The message never repeats it.
//
// It is for the authority's texts alone. If it judged what a bidder writes, the refusal would tell a bidder who guesses that the guess is
// right.
func CheckNameless(known KnownNames, texts ...InputText) error {
	for _, t := range texts {
		if known.AreIn(t.Value) {
			return RefuseField(IdentifiesChild, t.Field, "%s", knownNameMessage)
		}
	}
	return nil
}

// TextsOfInput are all texts of an input, however deep, each with the path of its field. A new field is among them without being named
// anywhere. Ids, enumerations, dates, amounts and the caller's key are not texts.
func TextsOfInput(input any, except ...string) []InputText {
	var all []InputText
	collectTexts(reflect.ValueOf(input), "", &all)
	return slices.DeleteFunc(all, func(t InputText) bool { return t.Field == "idempotencyKey" || slices.Contains(except, t.Field) })
}

func collectTexts(v reflect.Value, path string, all *[]InputText) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collectTexts(v.Elem(), path, all)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectTexts(v.Index(i), path, all)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			*all = append(*all, InputText{Field: path, Value: v.String()})
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[ID]() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				collectTexts(v.Field(i), strings.TrimPrefix(path+"."+schemaName(f.Name), "."), all)
			}
		}
	}
}

// schemaName is a field's name in the schema.
func schemaName(name string) string {
	first := []rune(name)
	first[0] = unicode.ToLower(first[0])
	return string(first)
}
